"""What `modelyard retire` asks the account, and how it says the plan."""
