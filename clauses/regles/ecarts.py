"""Dire ce que comptent des heures quand ce n'est pas ce qui est déclaré : les deux nombres, et pourquoi."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from beneficiaires.periodes import Periode
from clauses.regles.comptage import MotifEcart, ecrire_motif
from clauses.regles.heures import repartir_au_prorata
from clauses.regles.section_comptage import CENTIEME, NOMS_MODE, UN, ModeCompte, ParametresComptage
from comptes.formats import date_chiffres, heures, nombre

# Ces raisons viennent après le prorata et le coefficient, qui ont pu réduire les heures avant elles.
_APRES_LE_PRORATA = (MotifEcart.COEFFICIENT, MotifEcart.PLAFOND, MotifEcart.PLAFOND_HORS_SITE)
_PLAFONDS = (MotifEcart.PLAFOND, MotifEcart.PLAFOND_HORS_SITE)


@dataclass(frozen=True, slots=True)
class LigneComptee:
    """Des heures d'un relevé ou d'une imputation, et ce qu'elles comptent.

    `heures` : celles dont ce marché décide (déclarées, moins celles qu'une convention impute ailleurs). `contrat` : les jours du
    contrat, les seuls que la fenêtre partage.
    """

    heures: Decimal
    comptees: Decimal
    periode: Periode
    fenetre: Periode | None
    contrat: Periode | None = None

    @property
    def travail(self) -> Periode:
        return (self.contrat and self.periode.intersection(self.contrat)) or self.periode


def ecrire_raison(motif: MotifEcart, mode: ModeCompte, parametres: ParametresComptage, ligne: LigneComptee) -> str:
    """Rend la raison d'un écart ; quand plusieurs réductions se suivent, chacune avec son calcul.

    Une seule : celle d'`ecrire_motif`, ou « au prorata des jours jusqu’au 12/05/2026 ». Plusieurs : « 140 h × 12/31 = 54,19 h au
    prorata des jours jusqu’au 12/05/2026, × 0,8 = 43,35 h au coefficient d’embauche directe ». Source : marché (mois à cheval,
    coefficients, plafonds) ; l'ordre est celui de `comptage.compter`.
    """
    if motif == MotifEcart.A_CHEVAL and ligne.comptees and ligne.fenetre is not None:
        return _au_prorata(ligne.travail, ligne.fenetre)
    etapes = _etapes(mode, parametres, ligne) if motif in _APRES_LE_PRORATA else []
    raison = ecrire_motif(motif, mode, parametres)
    if not etapes or (motif == MotifEcart.COEFFICIENT and len(etapes) == 1):
        return raison
    calcul = f"{heures(ligne.heures)} {', '.join(etapes)}"
    return f"{calcul}, puis {raison}" if motif in _PLAFONDS else calcul


def _etapes(mode: ModeCompte, parametres: ParametresComptage, ligne: LigneComptee) -> list[str]:
    """Ce qui a réduit les heures, dans l'ordre du calcul : « × 12/31 = 54,19 h au prorata… », « × 0,8 = 43,35 h au coefficient… »."""
    etapes, reste, travail, fenetre = [], ligne.heures, ligne.travail, ligne.fenetre
    commune = None if fenetre is None else travail.intersection(fenetre)
    if fenetre is not None and commune is not None and commune != travail:
        reste = repartir_au_prorata(reste, travail, fenetre).comptees
        jours = f"{commune.nombre_jours()}/{travail.nombre_jours()}"
        etapes.append(f"×\u00a0{jours} = {heures(reste)} {_au_prorata(travail, fenetre)}")
    coefficient = parametres.du_mode(mode).coefficient
    if coefficient != UN:
        reste = (reste * coefficient).quantize(CENTIEME, rounding=ROUND_HALF_UP)
        etapes.append(f"×\u00a0{nombre(coefficient)} = {heures(reste)} au coefficient {NOMS_MODE[mode]}")
    return etapes


def _au_prorata(travail: Periode, fenetre: Periode) -> str:
    bornes = []
    if travail.debut < fenetre.debut:
        bornes.append(f"à partir du {date_chiffres(fenetre.debut)}")
    if fenetre.fin is not None and (travail.fin is None or travail.fin > fenetre.fin):
        bornes.append(f"jusqu’au {date_chiffres(fenetre.fin)}")
    return " ".join(["au prorata des jours", *bornes])


def ecrire_compte(
    *,
    declarees: Decimal,
    comptees: Decimal,
    imputees: Decimal = Decimal(0),
    raisons: Iterable[str] = (),
    quoi: str = "déclarées",
) -> str:
    """Rend « 120 h déclarées, 96 h comptées : plafond de formation 20 % » ; heures en heures, raisons sans doublon.

    `imputees` : celles qui comptent ailleurs (autre lot, autre marché), par convention. `quoi` : « globalisées », si elles en viennent.
    Source : domaine § 2.2 et 2.4.
    """
    pourquoi = list(dict.fromkeys(raison for raison in raisons if raison))
    if imputees:
        pourquoi.append(f"{heures(imputees)} comptent ailleurs, par convention")
    compte = f"{heures(declarees)} {quoi}, {heures(comptees)} comptées"
    return "\u00a0: ".join([compte, "\u00a0; ".join(pourquoi)]) if pourquoi else compte
