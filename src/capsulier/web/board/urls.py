from django.urls import path

from capsulier.web.board import bulk, example, views

app_name = "board"
urlpatterns = [
    path("", views.show_board, name="page"),
    path("board/changes", views.show_changes, name="changes"),
    path("board/bulk", bulk.act, name="bulk"),
    path("board/example", example.make_example, name="example"),
]
