"""What goes over the wire, beside the domain's own definitions."""
