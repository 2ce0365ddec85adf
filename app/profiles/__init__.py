"""What a freelancer offers: skills, past titles, rate and availability."""
