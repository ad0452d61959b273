"""Forms made of a schema."""
