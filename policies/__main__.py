"""The policy pack as Pulumi's engine starts it: `python -u -m pulumi.policy ENGINE PACK`."""

from __future__ import annotations

from modelyard_policies.analyzer.serve import main

if __name__ == "__main__":
    main()
