from django.urls import path

from capsulier.web.people import everybody, views

app_name = "people"
urlpatterns = [
    path("administration/people", views.show_people, name="members"),
    path("administration/people/add", views.add, name="add"),
    path("administration/people/invite", views.send_invitation, name="invite"),
    path("administration/people/invitations/<int:invitation_id>/revoke", views.revoke, name="revoke"),
    path("administration/people/<str:username>/role", views.change_role, name="role"),
    path("administration/people/<str:username>/remove", views.remove, name="remove"),
    path("administration/everybody", everybody.show_everybody, name="everybody"),
    path("administration/everybody/<str:username>", everybody.change, name="change"),
]
