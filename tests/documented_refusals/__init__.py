"""What AWS documents as refused, service by service: written from its references, never from our handlers."""
