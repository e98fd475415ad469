"""An oracle: the rules once more, as plain loops written from the contract alone, without a look at the rule files."""
