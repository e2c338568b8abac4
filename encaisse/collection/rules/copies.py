"""What a step may name among its copies, beside addresses. Pure."""

# The members whose portfolio holds the customer's sales representative.
SALES_REP = "commercial"
