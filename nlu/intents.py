"""The names of the intents, one set for the engines, the data and the routes."""

OUT_OF_SCOPE = "out_of_scope"
HAZARD = "report_hazard"

INTENTS = (
    "report_outage", "report_fault", "report_hazard", "query_outage", "still_no_power",
    "query_bill", "dispute_bill", "pay_bill", "query_price", "request_invoice",
    "request_reconnection", "check_meter", "apply_charging_pile", "apply_pv", "apply_supply",
    "apply_tariff", "change_account", "close_account", "move_equipment", "find_account",
    "claim_damage", "ask_guide", "query_progress", "urge_ticket", "cancel_ticket", "complain",
    "suggest", "praise", "report_violation", "rate_service", "human_agent", "find_contact",
    "bind_account", "manage_subscription", "ask_safety", "greet", "thank", "goodbye", "affirm",
    "deny", "stop", "ask_help", "out_of_scope",
)  # fmt: skip

# Said around a wish, and dropped where there is one.
SMALL_TALK = frozenset({"greet", "thank", "goodbye", "affirm", "deny", "ask_help"})

# Somebody must do something; the others are answered from what is known.
ACTIONS = frozenset({
    "report_outage", "report_fault", "report_hazard", "still_no_power", "dispute_bill",
    "request_reconnection", "check_meter", "apply_charging_pile", "apply_pv", "apply_supply",
    "apply_tariff", "change_account", "close_account", "move_equipment", "claim_damage",
    "urge_ticket", "cancel_ticket", "complain", "report_violation", "human_agent",
})  # fmt: skip
