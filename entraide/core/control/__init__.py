"""Medical control: bands that respect small numbers, samples, anomalies. Standard library only.

Statistics are floats and are never posted; amounts stay integers in minor units. Sources of the
methods stand in each module and in ``docs/algorithms/control.md``.
"""
