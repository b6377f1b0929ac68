"""Makes each process of an installation know the village's network: Python imports it at its start.

Its folder is put on PYTHONPATH; the product itself knows nothing of this.
"""

import importlib.util
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

NETWORKS = "socialapp.providers"


class _Teaches(MetaPathFinder):
    """Adds a network to the list as soon as the list is there."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != NETWORKS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec
        assert spec.loader
        load = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            load(module)
            from tests.networks.village import Village

            module.PROVIDERS = (*module.PROVIDERS, Village)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Teaches())
