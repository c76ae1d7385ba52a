"""How many examples: as many as `make test` has time for, or as FUZZ_EXAMPLES says (`make fuzz`)."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "50"))  # of each form
IS_SHORT = EXAMPLES <= 50


def examples(count: int) -> Any:
    """Decorator for a `@given`. The short run tries the same each time, so that nobody's change fails by chance."""
    return settings(
        max_examples=count,
        derandomize=IS_SHORT,
        deadline=None,
        database=None,
        print_blob=True,
        # The short run says which form fails, and quickly; `make fuzz` looks for the smallest example as well.
        phases=[Phase.generate] if IS_SHORT else list(Phase),
        suppress_health_check=list(HealthCheck),
    )
