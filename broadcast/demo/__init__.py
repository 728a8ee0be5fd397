"""The demonstration: a whole newsroom with look-alike networks; nothing leaves this machine."""
