"""La boucle mensuelle : déclarer par le lien reçu ou avec un compte, suivre et verrouiller les mois."""

from django.urls import path

from clauses.views import declaration_lien, declarations, declarations_gestes, declarer

urlpatterns = [
    path("declarer/refus/<slug:code>/", declaration_lien.declaration_refus, name="declaration_refus"),
    path("declarer/<uuid:pk>/", declaration_lien.declaration_lien, name="declaration_lien"),
    path(
        "declarer/<uuid:pk>/confirmer/", declaration_lien.declaration_lien_confirmer, name="declaration_lien_confirmer"
    ),
    path("declarer/<str:jeton>/", declaration_lien.declaration_entrer, name="declaration_entrer"),
    path("declarations/", declarations.declaration_liste, name="declaration_liste"),
    path("declarations/<uuid:pk>/", declarations.declaration_detail, name="declaration_detail"),
    path("declarations/<uuid:pk>/courrier/", declarations.declaration_courrier, name="declaration_courrier"),
    path("declarations/<uuid:pk>/contacts/", declarations_gestes.declaration_contacts, name="declaration_contacts"),
    path("declarations/<uuid:pk>/lien/", declarations_gestes.declaration_lien_envoyer, name="declaration_lien_envoyer"),
    path(
        "declarations/<uuid:pk>/lien/retirer/",
        declarations_gestes.declaration_lien_revoquer,
        name="declaration_lien_revoquer",
    ),
    path("declarations/<uuid:pk>/recevoir/", declarations_gestes.declaration_recevoir, name="declaration_recevoir"),
    path(
        "declarations/<uuid:pk>/verrouiller/",
        declarations_gestes.declaration_verrouiller,
        name="declaration_verrouiller",
    ),
    path("declarations/<uuid:pk>/rouvrir/", declarations_gestes.declaration_rouvrir, name="declaration_rouvrir"),
    path("envois/<uuid:pk>/revenu/", declarations_gestes.envoi_revenu, name="envoi_revenu"),
    path("declarations/<uuid:pk>/declarer/", declarer.declaration_declarer, name="declaration_declarer"),
    path("declarations/<uuid:pk>/confirmer/", declarer.declaration_confirmer, name="declaration_confirmer"),
]
