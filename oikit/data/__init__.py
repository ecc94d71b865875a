"""Sources of frames: venues, the store on disk, simulated worlds, the bundled pack."""
