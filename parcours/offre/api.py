"""L'interface en ligne de data·inclusion : lire une adresse, avec des délais courts et peu d'essais. Ni Django, ni cache.

Source : documentation publique de l'interface v1 (`/search/services`, `/services/{id}`), jeton « Bearer ».
"""

import http.client
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final
from urllib.parse import quote, urlencode, urlsplit

OCTETS_MAX: Final = 20_000_000
MORCEAU: Final = 1 << 16
A_RESSAYER: Final = frozenset({429, 500, 502, 503, 504})
HOTES_LOCAUX: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Indisponible(Exception):
    """L'interface n'a pas répondu comme il faut. Le texte se lit à l'écran."""


class _SansRenvoi(urllib.request.HTTPRedirectHandler):
    """Un renvoi ne se suit pas : le jeton n'ira pas à un autre serveur."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> None:
        return None


_OUVREUR: Final = urllib.request.build_opener(_SansRenvoi)


@dataclass(frozen=True, slots=True)
class Client:
    """`delai` : secondes par échange ; `en_tout` : secondes pour tous les essais ; `pause` : la première attente, doublée ensuite."""

    adresse: str
    jeton: str
    delai: float = 4.0
    en_tout: float = 10.0
    essais: int = 3
    pause: float = 0.4

    def chercher(self, parametres: Mapping[str, str | Sequence[str]]) -> object:
        return self._lire(f"/search/services?{urlencode(parametres, doseq=True)}")

    def service(self, identifiant: str) -> object | None:
        """Rend le service, ou None s'il n'existe pas."""
        return self._lire(f"/services/{quote(identifiant, safe='')}")

    def _lire(self, chemin: str) -> object | None:
        self._controler_adresse()
        fin = time.monotonic() + self.en_tout
        for essai in range(self.essais):
            try:
                return self._essayer(chemin, fin)
            except urllib.error.HTTPError as erreur:
                erreur.close()
                if erreur.code == http.client.NOT_FOUND:
                    return None
                if erreur.code not in A_RESSAYER:
                    raise Indisponible(_phrase(erreur.code)) from erreur
            except ValueError as erreur:
                raise Indisponible("data·inclusion a répondu ce qu’Étape ne comprend pas.") from erreur
            except (OSError, http.client.HTTPException):
                pass  # connexion refusée, coupée ou trop lente : un autre essai
            # Un peu de hasard : des clients arrêtés ensemble ne reviennent pas ensemble.
            attente = self.pause * 2**essai * random.uniform(0.5, 1.5)  # noqa: S311
            if essai == self.essais - 1 or time.monotonic() + attente > fin:
                break
            time.sleep(attente)
        raise Indisponible("data·inclusion ne répond pas.")

    def _controler_adresse(self) -> None:
        morceaux = urlsplit(self.adresse)
        if morceaux.scheme != "https" and morceaux.hostname not in HOTES_LOCAUX:
            raise Indisponible("L’adresse de data·inclusion doit commencer par https://.")

    def _essayer(self, chemin: str, fin: float) -> object:
        requete = urllib.request.Request(  # noqa: S310
            self.adresse.rstrip("/") + chemin,
            headers={"Authorization": f"Bearer {self.jeton}", "Accept": "application/json"},
        )
        restant = max(0.1, min(self.delai, fin - time.monotonic()))
        corps = bytearray()
        with _OUVREUR.open(requete, timeout=restant) as reponse:
            while morceau := reponse.read1(MORCEAU):
                corps += morceau
                if len(corps) > OCTETS_MAX:
                    raise ValueError("réponse trop longue")
                if time.monotonic() > fin:
                    raise TimeoutError
        return json.loads(corps)


def _phrase(code: int) -> str:
    if code in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return "data·inclusion refuse le jeton d’Étape."
    return "data·inclusion n’accepte pas cette recherche."
