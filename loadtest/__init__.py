"""Load tests: scenarios as data, a generator on Locust, what it measured, and the verdict. It knows no stack."""
