"""One pure module a venue: it builds queries and reads replies, and opens no connection."""
