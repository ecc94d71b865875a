"""Where frames come from: venues, the store on disk, simulated worlds, the bundled pack."""
