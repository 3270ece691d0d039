"""manage.py verifier_coherence trouve chaque copie faussée, la nomme, et ne change rien."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clauses.models import Affectation, Avenant, CumulMensuel, Eligibilite, Engagement, Marche, Offre, ReleveHeures
from parcours.models import Agrement, Plie
from reporting.models import Bilan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def verifier() -> tuple[list[str], str]:
    """Les lignes dites par la commande, puis sa phrase d'erreur (vide si tout concorde)."""
    sortie = StringIO()
    try:
        call_command("verifier_coherence", stdout=sortie)
    except CommandError as erreur:
        return sortie.getvalue().splitlines(), str(erreur)
    return sortie.getvalue().splitlines(), ""


def test_chaque_copie_faussee_est_trouvee():
    """Une par une : la copie est faussée, l'écart est dit avec les deux valeurs, puis la copie est remise."""
    cumul = CumulMensuel.objects.exclude(validees_heures=0).first()
    engagement = Engagement.objects.filter(avenants__heures_apres=4080).get()
    avenant = Avenant.objects.get(heures_apres=4080)
    formule = Engagement.objects.filter(mode="formule", avenants=None).first()
    agrement = Agrement.objects.filter(type_agrement="plie").first()
    eligibilite = Eligibilite.objects.filter(beneficiaire__prenom="Karim").get()
    releve = ReleveHeures.objects.filter(nature="travail").first()
    plie = Plie.objects.filter(agrements__isnull=False).first()
    offre = Offre.objects.filter(etat="publiee").first()
    prolonge = Marche.objects.get(fin_suit_avenants=True)
    alterations = [
        (cumul, "validees_heures", cumul.validees_heures + 1, [str(cumul.validees_heures), "validees_heures"]),
        (engagement, "heures_dues", Decimal("4000.00"), ["heures dues", "4000", "4080"]),
        (avenant, "heures_avant", Decimal("3000.00"), ["avant l’avenant 1", "3000", "3570"]),
        (formule, "heures_initiales", Decimal("1.00"), ["heures à l’attribution"]),
        (agrement, "date_fin", date(2035, 1, 1), ["Agrément", "01/01/2035"]),
        (eligibilite, "date_fin", date(2030, 1, 1), ["Éligibilité", "fin", "01/01/2030"]),
        (eligibilite, "reponse", "non_eligible", ["réponse", "non_eligible", "eligible"]),
        (eligibilite, "criteres_retenus", ["RSA"], ["critères", "DETLD"]),
        (releve, "mois", date(2020, 1, 1), ["janvier 2020"]),
        (releve, "heures_ecartees", releve.heures_ecartees + 1, ["heures comptées, écartées"]),
        (releve, "heures_imputees", Decimal(2), ["heures imputées", "2"]),
        (prolonge, "date_fin", date(2027, 5, 31), ["Marché", ", fin", "31/05/2027", "31/07/2027"]),
        (prolonge, "fin_suit_avenants", False, ["Marché", "fin qui suit les avenants", "False"]),
        (offre, "etat", "pourvue", ["Offre", "état", "pourvue", "publiee"]),
        (plie, "nom", "PLIE renommé en sous-main", ["porteur", "PLIE renommé en sous-main"]),
    ]
    for objet, champ, faux, attendus in alterations:
        type(objet).objects.filter(pk=objet.pk).update(**{champ: faux})
        lignes, erreur = verifier()
        assert "écart" in erreur, champ
        assert any(all(texte in ligne for texte in attendus) for ligne in lignes), (champ, lignes)
        type(objet).objects.filter(pk=objet.pk).update(**{champ: getattr(objet, champ)})
    assert verifier() == (["Tout concorde\u00a0: chaque copie est égale à son recalcul."], "")


def test_une_embauche_deplacee_en_sous_main_fausse_la_fenetre():
    """La fenêtre part de l'embauche : un contrat déplacé sans le service se voit, et aucun nom de personne n'est écrit."""
    affectation = Affectation.objects.filter(contrat__beneficiaire__prenom="Karim").get()
    contrat = affectation.contrat
    contrat.date_debut = date(2024, 12, 2)
    contrat.save()
    lignes, erreur = verifier()
    assert erreur.startswith("3\u00a0écarts")
    assert any("fin" in ligne and "01/12/2026" in ligne for ligne in lignes)
    assert not any("Karim" in ligne or "Belkacem" in ligne for ligne in lignes)


def test_une_decision_renouvelee_cede_ses_contrats_et_garde_sa_fenetre():
    """Mehdi : ses contrats sont passés à la décision renouvelée ; l'ancienne concorde encore, et faussée, elle est nommée."""
    ancienne, nouvelle = Eligibilite.objects.filter(beneficiaire__prenom="Mehdi").order_by("date_fin")
    assert nouvelle.renouvelle == ancienne and not ancienne.affectations.exists()
    assert verifier()[1] == ""
    Eligibilite.objects.filter(pk=ancienne.pk).update(date_fin=date(2030, 1, 1))
    lignes, erreur = verifier()
    assert erreur.startswith("1\u00a0écart")
    assert "01/01/2030" in lignes[0]


def test_un_marche_fige_suit_ses_bilans():
    """Un bilan prêt, arrêté au 30/09/2026 : un marché qui n'est pas figé jusque-là est nommé ; figé plus loin, rien à redire."""
    bilan = Bilan.objects.first()
    Bilan.objects.filter(pk=bilan.pk).update(etat="pret", arrete_au=date(2026, 9, 30))
    lignes, erreur = verifier()
    assert erreur.startswith("1\u00a0écart")
    assert any("figé au" in ligne and "aucune date" in ligne and "30/09/2026" in ligne for ligne in lignes)
    for fige_au, attendu in ((date(2026, 9, 29), "29/09/2026"), (date(2026, 10, 31), "")):
        Marche.objects.filter(pk=bilan.marche_id).update(fige_au=fige_au)
        assert attendu in " ".join(verifier()[0])
    assert verifier()[1] == ""
