"""What people are told: in their tray and by mail."""
