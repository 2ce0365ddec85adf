"""What views share. Knows Flask; knows no domain package."""
