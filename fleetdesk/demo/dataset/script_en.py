"""What the Emirates' team writes."""

from __future__ import annotations

from fleetdesk.demo.dataset.steps import Loss, Moment, Script, Step
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage

__all__ = ["ENGLISH"]

_CALL, _EMAIL, _MEETING, _NOTE, _TASK = (
    ActivityKind.CALL,
    ActivityKind.EMAIL,
    ActivityKind.MEETING,
    ActivityKind.NOTE,
    ActivityKind.TASK,
)

_STEPS = {
    Moment.TRY: (
        Step(
            _CALL,
            "First call",
            (
                "No answer, rang out.",
                "No answer. Left a WhatsApp message.",
                "Phone off. Try again after 4 pm.",
                "Reception answered: {first} is out until tomorrow.",
                "Line busy twice.",
                "Picked up, was driving, asked to be called back.",
            ),
        ),
        Step(
            _EMAIL,
            "Introduce FleetDesk by email",
            (
                "Sent the introduction with the two-page brochure.",
                "Wrote to {first}: who we are, and two times for a short call.",
                "Sent the brochure in English and Arabic.",
            ),
        ),
    ),
    Moment.REACH: (
        Step(
            _CALL,
            "Call back",
            (
                "Spoke with {first}. Runs {cars} cars in {city}, works with {software}. Wants to see dispatch.",
                "Good first call. {first} decides together with the finance manager.",
                "{first} is comparing three suppliers and wants to decide before the season.",
                "Short call: interested in tracking and driver payments, less in accounting.",
                "Reached {first} on the mobile. Very clear about the need: no more {software}.",
                "Called back as asked. Mostly hotel contracts and airport runs.",
                "{first} asked mainly about price per car and the length of the contract.",
            ),
        ),
        Step(
            _EMAIL,
            "Answer the request",
            (
                "{first} answered: please call on Monday morning, not on Friday.",
                "Reply from {first} with the list of cars and three questions about the driver app.",
            ),
        ),
        Step(
            _MEETING,
            "Meet at their office",
            (
                "Met {first} at the office in {city}. Toured the dispatch room: four people, two phones each.",
                "Coffee with {first} near the airport. Took the brochure, wants a proper demo.",
            ),
        ),
    ),
    Moment.FOLLOW_UP: (
        Step(
            _EMAIL,
            "Send the case study",
            (
                "Sent the case study of a limousine operator of the same size.",
                "Sent prices for {cars} cars as a first idea, not an offer.",
                "Sent screenshots of the driver app in Arabic.",
            ),
        ),
        Step(
            _CALL,
            "Follow up by phone",
            (
                "{first} has read the brochure, no questions so far. Wants to involve the operations manager.",
                "Too busy this week, asked for next week.",
                "Asked about Salik and traffic fines per driver. Confirmed that both are covered.",
                "Brother and partner must agree as well; abroad until the end of the month.",
            ),
        ),
        Step(
            _NOTE,
            "Look up the company",
            (
                "Licence looks fine, active for some years. Website shows mostly sedans and vans.",
                "Good reviews online, many about airport pick-ups.",
            ),
        ),
        Step(
            _TASK,
            "Prepare examples for their contracts",
            (
                "Prepared an example invoice with split fares for {company}.",
                "Prepared a sample week of shifts for {cars} cars.",
            ),
        ),
    ),
    Moment.QUALIFY: (
        Step(
            _CALL,
            "Qualifying call",
            (
                "Qualified: {cars} cars, budget agreed for this year, decision within two months.",
                "{first} confirmed fleet, email and who signs. Wants the demo for two dispatchers as well.",
                "Went through the list: {cars} cars, two shifts, invoices to eleven corporate clients.",
                "Real need and a date: contract with the current supplier ends this quarter.",
            ),
        ),
        Step(
            _MEETING,
            "Visit to qualify",
            (
                "Visited {company} in {city}. {cars} cars counted on the list, the owner joined for ten minutes.",
                "Video call with {first} and the accountant. Pays drivers by the bank file, wants that first.",
            ),
        ),
    ),
    Moment.DEMO: (
        Step(
            _MEETING,
            "Demo for the dispatchers",
            (
                "Demo for {first} and two dispatchers. Liked the offline driver app, asked for an Arabic invoice.",
                "Online demo, 45 minutes. Strong reaction to the payment batches, none to the reports.",
                "Demo on site in {city}. They tried it with ten of tomorrow's trips: planned in a quarter of an hour.",
                "Demo went well; import of their {software} data is the open question.",
            ),
        ),
    ),
    Moment.OFFER: (
        Step(
            _EMAIL,
            "Send the offer",
            (
                "Sent the offer for {cars} cars, yearly, with onboarding included.",
                "Sent two variants: monthly, and yearly with two months free.",
                "Offer sent in English and Arabic, valid for thirty days.",
            ),
        ),
    ),
    Moment.NEGOTIATE: (
        Step(
            _CALL,
            "Talk through the offer",
            (
                "Agreed 8 % off for a yearly contract.",
                "{first} wants to begin with half of the cars and add the others a month later.",
                "Price is fine; they ask for training on site for the night shift.",
                "Verbal yes. Asked what documents we need.",
            ),
        ),
        Step(_TASK, "Check the offer with finance", ("Finance agreed to quarterly payment for {company}.",)),
        Step(_NOTE, "Note what was agreed", ("Agreed by phone: {cars} cars, yearly, first invoice after go-live.",)),
    ),
    Moment.DOCUMENTS: (
        Step(
            _EMAIL,
            "Remind of the documents",
            (
                "Reminded {first}: the copy of the trade licence is still missing.",
                "Passport copy of the signatory received, the Ejari contract is missing.",
                "Sent the link to the form again; the first one had gone to spam.",
            ),
        ),
        Step(
            _CALL,
            "Go through the form together",
            (
                "Went through the form together by phone; the vehicle list comes as a spreadsheet.",
                "{first} uploads the rest after the weekend.",
            ),
        ),
        Step(_NOTE, "Look at what was uploaded", ("All documents are in. Handed over for checking.",)),
    ),
    Moment.REVIEW: (
        Step(
            _NOTE,
            "Check the documents",
            (
                "Licence, signatory and address agree. No hit in the sanctions lists.",
                "Documents checked. The fleet list has {cars} cars, as in the offer.",
                "Asked for a sharper scan of the licence, received it the same day. Everything in order.",
            ),
        ),
    ),
    Moment.KICK_OFF: (
        Step(
            _MEETING,
            "Kick-off",
            (
                "Kick-off with {first}: import on Monday, training for dispatchers on Wednesday.",
                "Planned the go-live: half of the cars first, all {cars} a week later.",
            ),
        ),
        Step(_EMAIL, "Send the contract", ("Signed contract received, filed.", "Contract sent for signature.")),
    ),
    Moment.CONVERT: (Step(_NOTE, "Create the tenant", ("Tenant created, invitation sent to {first}.",)),),
    Moment.HAND_OVER: (
        Step(_NOTE, "Hand over to support", ("Handed over to support with the notes of the kick-off.",)),
        Step(_CALL, "Ask how it goes", ("Called {first} after the first week: all drivers are on the app.",)),
    ),
}

_LOSSES = {
    Stage.NEW: (
        Loss(_CALL, "Again no answer; left a last message.", "No answer"),
        Loss(_CALL, "The number is no longer in service.", "Cannot be reached"),
        Loss(_CALL, "Picked up once: was only comparing prices and wants no demo.", "No real project"),
        Loss(_EMAIL, "No reply so far; wrote that this is our last message.", "No answer"),
        Loss(_EMAIL, "{first} asked not to be contacted any more.", "Asked not to be contacted"),
    ),
    Stage.CONTACTED: (
        Loss(
            _CALL,
            "More than they can spend per car; told {first} honestly that we will not get there.",
            "Too expensive",
            "{first} called: the fleet has grown and so has the budget. Open again.",
        ),
        Loss(
            _CALL,
            "No reply any more, neither by phone nor by email.",
            "Went silent",
            "{first} called out of the blue, sorry for the silence. Still interested.",
        ),
        Loss(
            _EMAIL,
            "{first} wrote: decided for another system last week.",
            "Chose another supplier",
            "{first} called: the other supplier did not deliver. Open again.",
        ),
        Loss(
            _CALL, "No budget before next year.", "Postponed to next year", "{first} called: the budget came earlier."
        ),
        Loss(_CALL, "{first} only wanted prices for a study of the owner's.", "No real project"),
        Loss(_CALL, "Needs card payment in the car, which we do not do.", "Missing feature: card payment in the car"),
    ),
    Stage.QUALIFIED: (
        Loss(
            _CALL,
            "The partner prefers to stay with {software}.",
            "Stays with the current software",
            "{first} called: after this month's chaos the partner agrees as well.",
        ),
        Loss(
            _CALL,
            "Another offer was a third cheaper; we did not follow.",
            "Too expensive",
            "{first} called: the cheaper system has no driver app. Wants our offer again.",
        ),
        Loss(
            _EMAIL,
            "{first} thanked us: the group takes one system for all its companies.",
            "Group decision for another system",
        ),
        Loss(_CALL, "The company is being sold, all projects are stopped.", "Project stopped"),
        Loss(_CALL, "{first} has left the company; the successor does not continue.", "Contact left the company"),
    ),
    Stage.ONBOARDING: (
        Loss(_CALL, "Trade licence expired and is not being renewed.", "Documents not in order"),
        Loss(
            _EMAIL,
            "No documents in spite of all reminders.",
            "Documents never sent",
            "{first} called: the new licence is there, wants to go on.",
        ),
        Loss(_CALL, "{first} signed with another supplier while the documents were open.", "Chose another supplier"),
    ),
    Stage.VALIDATED: (Loss(_CALL, "The owner stepped back from the contract.", "Withdrew before signing"),),
}

ENGLISH = Script(_STEPS, _LOSSES)
