"""rtc: WebRTC: publishers by WHIP, viewers by WHEP, and what aiortc cannot do by itself."""
