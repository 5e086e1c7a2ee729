"""What a provider does and sees for itself: rights of a card, attestations, payments."""
