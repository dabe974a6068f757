"""Wrong settings of resources, made one at a time: does a test of the component notice each?"""
