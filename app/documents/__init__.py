"""The text of a file somebody sends: PDF, DOCX or plain. Nothing of the file is kept."""
