"""Le paysage de la chaîne de confirmation : des heures à confirmer, contestées, approuvées, un litige réglé."""

import hashlib
import io
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pypdf import PdfWriter

from clauses.models import Approbation, EtatPreuve, EtatReleve, Litige, MessageLitige, Preuve, SourceReleve
from clauses.regles.confirmation import IssueLitige
from clauses.regles.penalites import IssuePenalite
from clauses.regles.preuves import SortePreuve
from reporting.models import Bilan, DecisionPenalite, EtatBilan, ReponseVisa, VisaBilan
from tests.fabriques_marches import AffectationFactory, ReleveHeuresFactory


def completer_la_confirmation(paysage) -> None:
    """L'ETTI emploie sur le lot de l'entreprise : juin réglé, juillet et août à confirmer, septembre contesté, mai approuvé."""
    affectation = AffectationFactory(
        contrat__beneficiaire__structure=paysage.structure,
        contrat__employeur=paysage.etti,
        engagement=paysage.engagement,
    )
    commun = {
        "affectation": affectation,
        "saisi_par": paysage.facilitateur,
        "source": SourceReleve.ENTREPRISE,
        "declarant": paysage.etti,
    }
    paysage.releve_a_confirmer = ReleveHeuresFactory(mois=date(2026, 8, 1), **commun)
    paysage.releve_a_contester = ReleveHeuresFactory(mois=date(2026, 7, 1), **commun)
    approuve = ReleveHeuresFactory(mois=date(2026, 5, 1), **commun)
    conteste = ReleveHeuresFactory(mois=date(2026, 9, 1), etat=EtatReleve.CONTESTE, **commun)
    regle = ReleveHeuresFactory(mois=date(2026, 6, 1), etat=EtatReleve.VERIFIE, **commun)
    qui = {"entreprise": paysage.entreprise}
    Approbation.objects.create(
        releve=approuve, heures=approuve.heures, par=paysage.compte_entreprise, le=timezone.now(), **qui
    )
    litige = qui | {
        "ouvert_par": paysage.compte_entreprise,
        "ouvert_le": timezone.now(),
        "echeance": date(2026, 12, 2),
        "heures_declarees": Decimal(100),
        "heures_reconnues": Decimal(60),
    }
    paysage.litige = Litige.objects.create(releve=conteste, **litige)
    paysage.litige_regle = Litige.objects.create(
        releve=regle,
        issue=IssueLitige.MAINTENUES,
        heures_retenues=regle.heures,
        clos_par=paysage.facilitateur,
        clos_le=timezone.now(),
        **litige,
    )
    MessageLitige.objects.create(
        litige=paysage.litige,
        organisation=paysage.entreprise,
        auteur=paysage.compte_entreprise,
        texte="Le chantier a fermé deux jours.",
        le=timezone.now() - timedelta(days=1),
    )


def completer_les_preuves(paysage) -> None:
    """Un contrat de travail que l'entreprise a déposé, contrôlé, que le facilitateur n'a pas encore regardé."""
    ecrivain, fichier = PdfWriter(), io.BytesIO()
    ecrivain.add_blank_page(100, 100)
    ecrivain.write(fichier)
    contenu = fichier.getvalue()
    paysage.preuve = Preuve.objects.create(
        contrat=paysage.contrat,
        sorte=SortePreuve.CONTRAT,
        fichier=default_storage.save("preuves/2026/contrat.pdf", ContentFile(contenu)),
        type_mime="application/pdf",
        octets=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
        etat=EtatPreuve.RECUE,
        deposante=paysage.entreprise,
        deposee_par=paysage.compte_entreprise,
        deposee_le=timezone.now(),
    )


def completer_un_bilan_vise(paysage) -> None:
    """Sur le marché sans lot : un bilan que l'acheteur a approuvé, et une pénalité qu'il n'applique pas.

    À la demande : ce marché ne se supprimerait plus.
    """
    bilan = Bilan.objects.create(
        marche=paysage.marche_libre,
        arrete_au=date(2026, 9, 30),
        etat=EtatBilan.PRET,
        progression=100,
        code_verification="V1S3-9999",
        demande_par=paysage.facilitateur,
        pret_le=timezone.now(),
        donnees={"penalite_euros": "300.00", "penalite_phrase": "Pénalité proposée\u00a0: 300\u00a0€."},
    )
    qui = {"bilan": bilan, "par": paysage.compte_acheteur, "le": timezone.now()}
    paysage.visa = VisaBilan.objects.create(reponse=ReponseVisa.APPROUVE, **qui)
    paysage.decision_penalite = DecisionPenalite.objects.create(
        issue=IssuePenalite.ABANDONNEE, proposee_euros=Decimal(300), retenue_euros=0, motif="Chantier arrêté.", **qui
    )
