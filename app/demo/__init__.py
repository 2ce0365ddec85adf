"""Demo data: invented parks' people, freelancers, clients and jobs, written from the vocabulary."""
