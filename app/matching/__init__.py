"""Who fits what, and why: freelancers for a job, jobs for a freelancer."""
