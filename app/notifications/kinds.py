"""The things people are told, each with its sentence: English message ids."""

from app.texts import message

# Each sentence is short enough for a text message; the values come from the notification's params.
KINDS = {
    "membership.asked": message("%(person)s asks to join %(park)s."),
    "membership.confirmed": message("%(park)s confirmed you as a member."),
    "membership.declined": message("%(park)s did not confirm your membership."),
    "membership.ended": message("%(park)s ended your membership."),
    "membership.left": message("%(person)s left %(park)s."),
    "park.appointed": message("You manage %(park)s now."),
    "invitation.received": message("%(client)s invites you to propose for “%(job)s”."),
    "proposal.received": message("%(person)s proposed for “%(job)s”."),
    "proposal.shortlisted": message("Your proposal for “%(job)s” is on the client's shortlist."),
    "proposal.declined": message("Your proposal for “%(job)s” was declined. See why."),
    "proposal.withdrawn": message("%(person)s withdrew the proposal for “%(job)s”."),
    "proposal.accepted": message("You are hired for “%(job)s”."),
    "job.imported": message("Jobs were written for you on Hunar. Look at them."),
    "job.hired_other": message("“%(job)s” went to another freelancer."),
    "job.closed": message("“%(job)s” was closed without a hire."),
}
