"""Statistics files of other libraries: told apart, read and written. A file or family has a module; `registry` knows all."""
