"""oikit: read the open interest of perpetual futures, and check what you are told about it."""
