"""Des opérations de migration qui se préparent ensemble : le premier départ va vite."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class Ensemble(Operation):
    """Plusieurs opérations à la suite, dont l'état des modèles n'est calculé qu'une fois, avant et après toutes.

    Django le recalcule à chacune, pour tous les modèles liés de proche en proche : ici, presque tous. Chaque opération doit donc pouvoir
    se faire depuis l'état d'avant l'ensemble : une table créée et changée, ou un champ changé deux fois, demandent deux ensembles.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # sans état calculé, une opération ne le recalcule pas
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} opérations ensemble"
