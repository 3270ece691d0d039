"""La période d'exécution d'un lot : ses dates, à défaut celles du marché, à défaut celles de l'opération."""

from datetime import date

from beneficiaires.periodes import Periode

Bornes = tuple[date | None, date | None]


def periode_execution(lot: Bornes, marche: Bornes, operation: Bornes) -> Periode | None:
    """Rend la période, bornes comprises, que suivent l'attendu et le rythme. Chaque bornes : (début, fin), None si inconnue.

    Chaque borne se cherche pour elle-même : un lot qui n'écrit que son début finit avec son marché. Sans aucun début, ou si
    les bornes retenues se contredisent (un lot qui commence après la fin de son marché) : None, « à compléter ».
    """
    debut = next((bornes[0] for bornes in (lot, marche, operation) if bornes[0] is not None), None)
    fin = next((bornes[1] for bornes in (lot, marche, operation) if bornes[1] is not None), None)
    if debut is None or (fin is not None and fin < debut):
        return None
    return Periode(debut, fin)
