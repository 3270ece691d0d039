"""« Et si ? » : un lot sous d'autres hypothèses, à côté de ce qu'il est. Rien ne s'écrit ; l'avenant, lui, s'écrit sur sa page."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from beneficiaires.periodes import Periode, dernier_mois_clos
from clauses.acces import a_modifier
from clauses.forms.avenants import champ_des_heures
from clauses.forms.simulateur import SimulateurForm
from clauses.models import Lot
from clauses.regles.duree import fin_de_la_duree
from clauses.regles.rythme import Besoin
from clauses.regles.simulation import ChiffresLot, SituationLot, mois_de_duree, simuler
from clauses.services.fins import depart_de
from clauses.simulateur import situation_du_lot
from comptes.droits import facilitateur_seul
from comptes.formats import ABSENT, date_chiffres, date_longue, euros, heures, nombre


@dataclass(frozen=True)
class LigneComparee:
    """Un chiffre écrit pour les deux colonnes ; `apres` vide sans scénario."""

    titre: str
    avant: str
    apres: str

    @property
    def change(self) -> bool:
        return bool(self.apres) and self.apres != self.avant


@facilitateur_seul
def lot_simulateur(request: HttpRequest, pk: UUID) -> HttpResponse:
    lot = a_modifier(Lot.objects.select_related("marche__operation"), request.user, pk)
    situation, plausible = situation_du_lot(lot, jour=dernier_mois_clos(timezone.localdate()))
    reels = simuler(situation)
    form = SimulateurForm(request.GET or None, situation=situation, initial=_hypotheses(situation))
    form.is_valid()
    simules = form.chiffres
    contexte = {
        "lot": lot,
        "marche": lot.marche,
        "operation": lot.marche.operation,
        "form": form,
        "reels": reels,
        "simules": simules,
        "lignes": _lignes(reels, simules),
        "change": simules is not None and simules != reels,
        "plausible": plausible,
        "arrete_au": situation.arrete_le,
        "validees": situation.validees,
        "avenant": _adresse_avenant(lot, situation, reels, simules) if simules else "",
    }
    return render(request, "clauses/simulateur/lot.html", contexte)


def _lignes(reels: ChiffresLot, simules: ChiffresLot | None) -> list[LigneComparee]:
    """Le tableau : chaque chiffre écrit, aujourd'hui puis dans le scénario."""
    avant, apres = _ecrire(reels), _ecrire(simules) if simules else {}
    return [LigneComparee(titre, valeur, apres.get(titre, "")) for titre, valeur in avant.items()]


def _ecrire(chiffres: ChiffresLot) -> dict[str, str]:
    besoin = chiffres.besoin
    par_mois = besoin.par_mois if besoin else None
    limite = besoin.hors_d_atteinte_le if besoin else None
    hors = "" if besoin is None else _limite(besoin, limite, chiffres.periode)
    return {
        "Heures dues": heures(chiffres.heures_dues),
        "Restent à faire": heures(besoin.restantes if besoin else None),
        "Fin d’exécution": date_longue(chiffres.periode.fin if chiffres.periode else None),
        "À faire par mois": heures(par_mois, 0),
        "Personnes à temps plein": nombre(besoin.personnes if besoin else None),
        "Rythme du titulaire, par mois": heures(chiffres.rythme_mensuel, 0),
        "Hors d’atteinte, à ce rythme": hors or ABSENT,
        "Heures faites à la fin, à ce rythme": heures(chiffres.heures_au_terme, 0),
        "Pénalité proposée à la fin": euros(chiffres.penalite.montant_euros) if chiffres.penalite else "non prévue",
    }


def _limite(besoin: Besoin, limite: date | None, periode: Periode | None) -> str:
    if not besoin.restantes:
        return "tout est fait"
    if limite is None:
        return "à ce rythme nul, toujours" if besoin.mois_restants else "la fin est passée"
    if periode is not None and limite < periode.debut:
        return "dès le début"
    return f"depuis le {date_longue(limite)}" if besoin.est_hors_d_atteinte else f"après le {date_longue(limite)}"


def _hypotheses(situation: SituationLot) -> dict[str, str]:
    """Les champs partent de ce qui est : on ne change que ce que l'on veut."""
    periode = situation.periode
    return {
        "montant": nombre(situation.montant_euros) if situation.montant_euros else "",
        "fin": date_chiffres(periode.fin) if periode and periode.fin else "",
        "rythme": nombre(situation.rythme_mensuel),
    }


def _adresse_avenant(lot: Lot, situation: SituationLot, reels: ChiffresLot, simules: ChiffresLot) -> str:
    """La page de l'avenant, déjà remplie : montant du marché, durée et heures qui changent. Vide si l'avenant n'aurait rien à dire."""
    valeurs: dict[str, str] = {}
    if simules.montant_euros != reels.montant_euros and situation.montant_euros is not None:
        ecart = (simules.montant_euros or 0) - situation.montant_euros
        if situation.montant_marche_euros is not None:
            valeurs["montant_ht_euros"] = str(situation.montant_marche_euros + ecart)
    if simules.periode != reels.periode and simules.periode is not None:
        valeurs |= _delai(lot, simules.periode)
    for (cle, _, avant), (_, _, apres) in zip(reels.par_engagement, simules.par_engagement, strict=True):
        if apres != avant:
            valeurs[champ_des_heures(cle)] = str(apres)
    if not valeurs:
        return ""
    return f"{reverse('clauses:avenant_creer', args=[lot.marche_id])}?{urlencode(valeurs)}"


def _delai(lot: Lot, periode: Periode) -> dict[str, str]:
    """La fin du scénario, comme l'avenant la dira : une durée du marché quand des mois entiers y mènent, sinon la date."""
    depart = depart_de(lot.marche)
    if depart is not None and periode.fin is not None and depart <= periode.fin:
        mois = mois_de_duree(Periode(depart, periode.fin))
        if fin_de_la_duree(depart, mois) == periode.fin:
            return {"duree_mois": str(mois)}
    return {"date_fin": date_chiffres(periode.fin)}
