"""Loads of a provider SDK only the classes that are touched."""
