"""One file for each command: the function that a program calls and a command line prints."""
