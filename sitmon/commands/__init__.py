"""The subcommands, a file per group."""
