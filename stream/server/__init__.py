"""server: sessions, recordings and WebRTC over HTTP."""
