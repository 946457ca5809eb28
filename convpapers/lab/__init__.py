"The lab"
