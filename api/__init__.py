"""The REST API: how machines use Openbook."""
