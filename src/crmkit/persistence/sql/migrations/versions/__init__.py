"""One module for each revision, frozen once it is released."""
