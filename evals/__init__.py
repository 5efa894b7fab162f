"""Labelled questions, metrics and calibration."""
