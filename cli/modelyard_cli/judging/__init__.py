"""How `modelyard check` judges: the options, the files behind them, and what is written where."""
