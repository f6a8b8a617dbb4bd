"""server: sessions, recordings and jobs over HTTP; the pages of the control room."""
