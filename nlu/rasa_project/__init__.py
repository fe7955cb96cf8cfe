"""The Rasa server's project; its Python 3.10 environment never imports the product."""
