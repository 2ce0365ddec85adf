"""Looking for freelancers and jobs by typed words, and being told of what is new."""
